# The call board, /board/<site>
board-title = Call board
board-clock = Beijing time
board-go = Please go to window { $window }
board-again = { $times } times
board-before = Called before
board-window = Window
board-none = Nobody is being called
board-none-lead = No booking needed: take a number and wait.
board-closed = Closed now
board-opens = Opens next
board-waiting = Waiting
board-no-wait = No wait
board-minutes = minutes
board-hint = No booking needed: take a number at the machine or a window. Nobody asks who you are.
board-old = The line is down; this renews itself when it is back. What you see is from
board-sound-on = Turn sound on
board-sound-off = Turn sound off
board-aloud = Number { $label }, please go to window { $window }.
# On the number that a window prints
board-follow = Scan to follow your turn, without signing in
