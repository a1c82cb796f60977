"""One's own data (我的数据): what is kept of a resident, why, until when; copied, and erased."""
