/** A short sound, made here: two soft tones. */

let context: AudioContext | null = null

/** Play it. Browsers keep a page silent that nobody has clicked in; then nothing is heard. */
export function chime(): void {
    context ??= new AudioContext()
    if (context.state === 'suspended') void context.resume()
    const start = context.currentTime
    tone(context, 587, start, 0.12)
    tone(context, 784, start + 0.1, 0.22)
}

function tone(on: AudioContext, pitch: number, start: number, lasts: number): void {
    const [source, volume] = [on.createOscillator(), on.createGain()]
    source.type = 'sine'
    source.frequency.value = pitch
    volume.gain.setValueAtTime(0, start)
    volume.gain.linearRampToValueAtTime(0.12, start + 0.015)
    volume.gain.exponentialRampToValueAtTime(0.0001, start + lasts)
    source.connect(volume).connect(on.destination)
    source.start(start)
    source.stop(start + lasts)
}
