// A short sound beside every verdict: rising for good, one tone for a warning, low twice for stop.
// Whoever wants none mutes it, and this phone remembers.

const NOTES = { good: [660, 990], warn: [520], stop: [220, 220], ask: [780] };
const SECONDS = 0.14;
const LOUD = 0.2;
const KEPT = "scan-muted";

let speaker = null;

/** Let sounds be made: browsers want a touch first. */
export function wake() {
  speaker ??= "AudioContext" in globalThis ? new AudioContext() : null;
  speaker?.resume().catch(() => {});
}

export function say(tone) {
  if (speaker === null || isMuted()) return;
  for (const [number, pitch] of (NOTES[tone] ?? NOTES.warn).entries()) {
    const begins = speaker.currentTime + number * SECONDS * 1.4;
    const [voice, loudness] = [speaker.createOscillator(), speaker.createGain()];
    voice.frequency.value = pitch;
    loudness.gain.setValueAtTime(LOUD, begins);
    loudness.gain.exponentialRampToValueAtTime(0.001, begins + SECONDS);
    voice.connect(loudness).connect(speaker.destination);
    voice.start(begins);
    voice.stop(begins + SECONDS);
  }
}

export function isMuted() {
  return localStorage.getItem(KEPT) === "yes";
}

export function mute(wanted) {
  localStorage.setItem(KEPT, wanted ? "yes" : "no");
}
