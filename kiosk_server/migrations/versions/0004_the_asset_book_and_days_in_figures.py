"""The asset book, checks, the states of terminals, and their days in figures."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asset_book",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=True),
        sa.Column("serial", sa.String(length=40), nullable=True),
        sa.Column("device_serials", sa.Text(), nullable=False),
        sa.Column("line_operator", sa.String(length=20), nullable=True),
        sa.Column("line_kind", sa.String(length=20), nullable=True),
        sa.Column("line_number", sa.String(length=40), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("filing_number", sa.String(length=40), nullable=True),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_asset_book_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_asset_book")),
    )
    op.create_table(
        "asset_change",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_asset_change_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_change")),
    )
    with op.batch_alter_table("asset_change", schema=None) as batch_op:
        batch_op.create_index("ix_asset_change_terminal", ["terminal_id", "id"], unique=False)

    op.create_table(
        "asset_site_card",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("key_with", sa.String(length=20), nullable=True),
        sa.Column("always_open", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("directions", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_asset_site_card_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_asset_site_card")),
    )
    op.create_table(
        "terminal_check",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_check_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_check")),
    )
    with op.batch_alter_table("terminal_check", schema=None) as batch_op:
        batch_op.create_index("ix_terminal_check_terminal", ["terminal_id", "at"], unique=False)

    op.create_table(
        "terminal_day",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("expected_seconds", sa.Integer(), nullable=False),
        sa.Column("whole_seconds", sa.Integer(), nullable=False),
        sa.Column("partly_seconds", sa.Integer(), nullable=False),
        sa.Column("stopped_seconds", sa.Integer(), nullable=False),
        sa.Column("silent_seconds", sa.Integer(), nullable=False),
        sa.Column("locked_seconds", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("unfinished", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("card_reads", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_day_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "day", name=op.f("pk_terminal_day")),
    )
    with op.batch_alter_table("terminal_day", schema=None) as batch_op:
        batch_op.create_index("ix_terminal_day_site", ["site_id", "day"], unique=False)

    op.create_table(
        "terminal_day_unfinished",
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("item_code", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"],
            ["terminal.id"],
            name=op.f("fk_terminal_day_unfinished_terminal_id_terminal"),
        ),
        sa.PrimaryKeyConstraint(
            "terminal_id", "day", "item_code", "reason", name=op.f("pk_terminal_day_unfinished")
        ),
    )
    with op.batch_alter_table("terminal_day_unfinished", schema=None) as batch_op:
        batch_op.create_index("ix_terminal_day_unfinished_site", ["site_id", "day"], unique=False)

    op.create_table(
        "terminal_state_change",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"],
            ["terminal.id"],
            name=op.f("fk_terminal_state_change_terminal_id_terminal"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_state_change")),
    )
    with op.batch_alter_table("terminal_state_change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_terminal_state_change_terminal", ["terminal_id", "at"], unique=False
        )

    op.create_table(
        "asset_keeper",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("host_place_id", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_place_id"],
            ["host_place.id"],
            name=op.f("fk_asset_keeper_host_place_id_host_place"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_asset_keeper_site_id_site")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_asset_keeper_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_keeper")),
    )
    with op.batch_alter_table("asset_keeper", schema=None) as batch_op:
        batch_op.create_index("ix_asset_keeper_place", ["site_id", "host_place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_keeper_staff_id"), ["staff_id"], unique=False)

    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("machine", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("grade", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("replaces", sa.String(length=26), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.drop_column("replaces")
        batch_op.drop_column("grade")
        batch_op.drop_column("machine")

    with op.batch_alter_table("asset_keeper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asset_keeper_staff_id"))
        batch_op.drop_index("ix_asset_keeper_place")

    op.drop_table("asset_keeper")
    with op.batch_alter_table("terminal_state_change", schema=None) as batch_op:
        batch_op.drop_index("ix_terminal_state_change_terminal")

    op.drop_table("terminal_state_change")
    with op.batch_alter_table("terminal_day_unfinished", schema=None) as batch_op:
        batch_op.drop_index("ix_terminal_day_unfinished_site")

    op.drop_table("terminal_day_unfinished")
    with op.batch_alter_table("terminal_day", schema=None) as batch_op:
        batch_op.drop_index("ix_terminal_day_site")

    op.drop_table("terminal_day")
    with op.batch_alter_table("terminal_check", schema=None) as batch_op:
        batch_op.drop_index("ix_terminal_check_terminal")

    op.drop_table("terminal_check")
    op.drop_table("asset_site_card")
    with op.batch_alter_table("asset_change", schema=None) as batch_op:
        batch_op.drop_index("ix_asset_change_terminal")

    op.drop_table("asset_change")
    op.drop_table("asset_book")
