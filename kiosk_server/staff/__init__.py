"""Staff (工作人员): who may sign in to the counter's back room, and what each may do where."""
