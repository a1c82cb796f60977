"""What the database knows of a file: its digest, its size, and where its sealed bytes lie."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class StoredFile(Base):
    """One file. The digest is that of the content in clear, SHA-256 in hexadecimal."""

    __tablename__ = "stored_file"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    purpose: Mapped[str] = mapped_column(String(40))
    shelf: Mapped[str] = mapped_column(String(20))
    """The store that holds the bytes: `directory` or `database`."""
    key_id: Mapped[str] = mapped_column(String(8), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FileBlob(Base):
    """The sealed bytes of one file, where several servers share them through the database."""

    __tablename__ = "file_blob"

    file_id: Mapped[str] = mapped_column(
        ForeignKey("stored_file.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)
