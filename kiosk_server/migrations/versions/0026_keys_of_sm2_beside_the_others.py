"""Keys of SM2 beside the others."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_LIVING = "state IN ('active', 'announced')"


def upgrade() -> None:
    op.drop_index("ix_issuer_key_one_of_each", table_name="issuer_key")
    _one_of_each("ix_issuer_key_one_of_each", f"{_LIVING} AND algorithm <> 'SM2'")
    _one_of_each("ix_issuer_key_one_of_each_sm2", f"{_LIVING} AND algorithm = 'SM2'")


def downgrade() -> None:
    # Nothing before this could sign or verify with them.
    op.execute("DELETE FROM issuer_key WHERE algorithm = 'SM2'")
    op.drop_index("ix_issuer_key_one_of_each_sm2", table_name="issuer_key")
    op.drop_index("ix_issuer_key_one_of_each", table_name="issuer_key")
    _one_of_each("ix_issuer_key_one_of_each", _LIVING)


def _one_of_each(name: str, where: str) -> None:
    op.create_index(
        name,
        "issuer_key",
        ["state"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
