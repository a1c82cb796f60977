"""Commands (远程指令): what is asked of a terminal from afar, who agreed, what came of it."""
