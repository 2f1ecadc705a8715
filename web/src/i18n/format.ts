/** Numbers, times and sums as the reader's language writes them. Times are RFC 3339 text, as they come from the server, or ms. */

import { language } from '.'

type Time = string | number | Date

/** The language as the reader's browser has it, such as en-GB: clocks and dates differ within a language. */
const region = (): string =>
    navigator.languages.find((tag) => tag.slice(0, 2) === language.value) ?? language.value

const formats = new Map<string, Intl.DateTimeFormat>()

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = region() + JSON.stringify(options)
    let found = formats.get(key)
    if (!found) formats.set(key, (found = new Intl.DateTimeFormat(region(), options)))
    return found
}

/** 14:05 */
export const clock = (at: Time): string => dates({ hour: '2-digit', minute: '2-digit' }).format(new Date(at))

/** 14:05, or 2:05 where clocks have twelve hours: for where there is little room */
export const briefClock = (at: Time): string =>
    dates({ hour: 'numeric', minute: '2-digit' })
        .formatToParts(new Date(at))
        .map((part) => (part.type === 'dayPeriod' ? '' : part.value))
        .join('')
        .trim()

/** 14:05:09.123 */
export const exactClock = (at: Time): string =>
    dates({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false }).format(
        new Date(at),
    )

/** 21 Nov 2026, 14:05 */
export const moment = (at: Time): string => dates({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))

/** today, yesterday, or Saturday, 21 November 2026 */
export function day(at: Time, now: Time = Date.now()): string {
    const days = Math.round((midnight(now) - midnight(at)) / 86_400_000)
    if (days === 0 || days === 1)
        return new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' }).format(-days, 'day')
    return dates({ dateStyle: 'full' }).format(new Date(at))
}

function midnight(at: Time): number {
    const time = new Date(at)
    return Date.UTC(time.getFullYear(), time.getMonth(), time.getDate())
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
    ['second', 60],
    ['minute', 60],
    ['hour', 24],
    ['day', 30],
    ['month', 12],
    ['year', Infinity],
]

/** 3 minutes ago, in 2 days */
export function relative(at: Time, now: Time = Date.now()): string {
    let amount = (new Date(at).getTime() - new Date(now).getTime()) / 1000
    for (const [unit, most] of STEPS) {
        if (Math.abs(amount) < most) {
            return new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' }).format(Math.round(amount), unit)
        }
        amount /= most
    }
    return ''
}

/** 90 -> 90 s; 600 -> 10 min; 7200 -> 2 h; 172800 -> 2 days */
export function duration(seconds: number): string {
    const [amount, unit] =
        seconds < 120
            ? [seconds, 'second']
            : seconds < 7200
              ? [seconds / 60, 'minute']
              : seconds < 172_800
                ? [seconds / 3600, 'hour']
                : [seconds / 86_400, 'day']
    return number(amount, { style: 'unit', unit, maximumFractionDigits: 0 })
}

/** 12,345 */
export function number(value: number, options?: Intl.NumberFormatOptions): string {
    return value.toLocaleString(language.value, options)
}

/** 1.2 kB */
export function bytes(size: number): string {
    const [amount, unit] =
        size < 1000
            ? [size, 'byte']
            : size < 1e6
              ? [size / 1e3, 'kilobyte']
              : size < 1e9
                ? [size / 1e6, 'megabyte']
                : [size / 1e9, 'gigabyte']
    const unitDisplay = unit === 'byte' ? 'long' : 'short'
    return number(amount, { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 })
}

/** $0.0004, $1.20 */
export function dollars(cost: number): string {
    const digits = cost >= 1 || cost === 0 ? 2 : 4
    const shown = cost > 0 && cost < 0.0001 ? 0.0001 : cost
    const text = number(shown, {
        style: 'currency',
        currency: 'USD',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
    })
    return shown === cost ? text : `< ${text}`
}

/** ann, bob and eve */
export const list = (items: readonly string[]): string => new Intl.ListFormat(language.value).format(items)
