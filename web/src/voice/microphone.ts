/** The microphone: a clip while it is open, and how loud it is just now. */

import { signal } from '@preact/signals'

import { choices } from './choices'

const FORMS = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'] // the first that the browser records
const BITS = 32_000 // a second

/** Why there is no clip: the browser says no, or has no microphone, or the page did not come by HTTPS. */
export class NoMicrophone extends Error {
    constructor(readonly why: 'denied' | 'missing' | 'insecure' | 'unable') {
        super(why)
    }
}

/** One that is open. */
export class Microphone {
    /** 0 to 1. */
    readonly level = signal(0)
    private readonly recorder: MediaRecorder
    private readonly chunks: Blob[] = []
    private readonly context = new AudioContext()
    private frame = 0

    private constructor(private readonly stream: MediaStream) {
        const form = FORMS.find((one) => MediaRecorder.isTypeSupported(one))
        this.recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS, ...(form ? { mimeType: form } : {}) })
        this.recorder.ondataavailable = ({ data }) => void (data.size && this.chunks.push(data))
        this.measure()
        this.recorder.start(250)
    }

    /** Open it, and begin. Throws `NoMicrophone`. */
    static async open(): Promise<Microphone> {
        if (!navigator.mediaDevices) throw new NoMicrophone('insecure')
        if (!('MediaRecorder' in globalThis)) throw new NoMicrophone('unable')
        const device = choices.value.microphone
        const audio = { echoCancellation: true, noiseSuppression: true, ...(device ? { deviceId: device } : {}) }
        try {
            return new Microphone(await navigator.mediaDevices.getUserMedia({ audio }))
        } catch (why) {
            const denied = why instanceof DOMException && why.name === 'NotAllowedError'
            throw new NoMicrophone(denied ? 'denied' : 'missing')
        }
    }

    /** Close it. The clip; null: nothing was recorded. */
    async close(): Promise<File | null> {
        const stopped = new Promise((resolve) => this.recorder.addEventListener('stop', resolve, { once: true }))
        if (this.recorder.state !== 'inactive') {
            this.recorder.stop()
            await stopped
        }
        cancelAnimationFrame(this.frame)
        for (const track of this.stream.getTracks()) track.stop()
        await this.context.close()
        if (!this.chunks.length) return null
        const type = this.recorder.mimeType.split(';')[0] || 'audio/webm'
        return new File(this.chunks, `clip.${type.split('/')[1]}`, { type })
    }

    private measure(): void {
        const analyser = this.context.createAnalyser()
        analyser.fftSize = 512
        this.context.createMediaStreamSource(this.stream).connect(analyser)
        const samples = new Float32Array(analyser.fftSize)
        const look = (): void => {
            analyser.getFloatTimeDomainData(samples)
            const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length
            this.level.value = Math.min(1, Math.sqrt(power) * 4)
            this.frame = requestAnimationFrame(look)
        }
        look()
    }
}

/** The microphones there are, each with its name; names are told once one may use them. */
export async function microphones(): Promise<readonly (readonly [string, string])[]> {
    const found = await navigator.mediaDevices.enumerateDevices()
    return found.filter((one) => one.kind === 'audioinput').map((one) => [one.deviceId, one.label] as const)
}
