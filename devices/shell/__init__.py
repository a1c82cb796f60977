"""
The shell: what makes a computer a terminal (自助终端). The launcher of the screen's browser, the
units, rules and browser policies of the machine, and the package that installs them.
"""
