"""Files (文件): encrypted blobs behind a port; the database knows their digests."""
