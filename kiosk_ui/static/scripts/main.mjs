/**
 * Starts what a page's markup asks for: `data-module="name"` on an element makes one object of
 * the class with that `moduleName`. Pages work before any of this runs.
 */
import { Beside } from './beside.mjs'
import { CardPrompt } from './card-prompt.mjs'
import { CarryOn } from './carry-on.mjs'
import { Clock } from './clock.mjs'
import { Closing } from './closing.mjs'
import { Countdown } from './countdown.mjs'
import { IdleWatch } from './idle-watch.mjs'
import { Keypad } from './keypad.mjs'
import { LeftCard } from './left-card.mjs'
import { Later } from './later.mjs'
import { Press } from './press.mjs'
import { PrintingWatch } from './printing-watch.mjs'
import { ScanPrompt } from './scan-prompt.mjs'
import { Speak } from './speak.mjs'
import { Wipe } from './wipe.mjs'

const MODULES = [
  Press, Wipe, Clock, Keypad, CardPrompt, CarryOn, Later, LeftCard, PrintingWatch, ScanPrompt, Speak,
  IdleWatch, Beside, Closing, Countdown,
]

for (const Module of MODULES) {
  for (const $root of document.querySelectorAll(`[data-module~="${Module.moduleName}"]`)) {
    new Module($root)
  }
}
