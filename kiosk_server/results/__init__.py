"""结果送达: how the paper of a decided case comes to its resident, and what is owed for it."""
