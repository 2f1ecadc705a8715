/** Limits in words: what each is called, how much it is, and which belong together. */

import { t, type Key } from '../../i18n'
import { bytes, dollars, duration, number } from '../../i18n/format'
import type { LimitInfo } from '../../protocol/types'

/** What those are called that we know; a newer server may have others, which it describes itself. */
export const LABELS: Readonly<Record<string, Key>> = {
    'limits.max_connections': 'limit.max_connections',
    'limits.max_connections_per_address': 'limit.max_connections_per_address',
    'limits.max_frame': 'limit.max_frame',
    'limits.max_text': 'limit.max_text',
    'limits.max_in_flight': 'limit.max_in_flight',
    'limits.login_timeout': 'limit.login_timeout',
    'limits.idle': 'limit.idle',
    'limits.slow_reader': 'limit.slow_reader',
    'limits.messages_per_second': 'limit.messages_per_second',
    'limits.messages_burst': 'limit.messages_burst',
    'limits.questions_per_second': 'limit.questions_per_second',
    'limits.questions_burst': 'limit.questions_burst',
    'limits.address_per_second': 'limit.address_per_second',
    'limits.address_burst': 'limit.address_burst',
    'limits.logins_per_second': 'limit.logins_per_second',
    'limits.logins_burst': 'limit.logins_burst',
    'files.max_size': 'limit.max_size',
    'files.daily': 'limit.daily',
    'files.keep_free': 'limit.keep_free',
    'store.retention_days': 'limit.retention_days',
    'webhooks.give_up_days': 'limit.give_up_days',
    'budget.server_usd_day': 'limit.server',
    'budget.room_usd_day': 'limit.in_room',
    'budget.bot_usd_day': 'limit.by_bot',
    'budget.person_usd_day': 'limit.for_person',
    'budget.run_usd': 'limit.run',
    'budget.server_tokens_day': 'limit.server',
    'budget.room_tokens_day': 'limit.in_room',
    'budget.bot_tokens_day': 'limit.by_bot',
    'budget.person_tokens_day': 'limit.for_person',
    'budget.run_tokens': 'limit.run',
    devices: 'limit.devices',
    new_rooms: 'limit.new_rooms',
    new_rooms_per_second: 'limit.new_rooms_per_second',
    pins: 'limit.pins',
    sanctions: 'limit.sanctions',
    talk_run: 'limit.talk_run',
    talk_pace: 'limit.talk_pace',
    talk_minute: 'limit.talk_minute',
}

/** 65.5 kB, 2 min, 10 a second, $2.00 */
export function amount(value: number, unit = ''): string {
    switch (unit) {
        case 'bytes':
            return bytes(value)
        case 'seconds':
            return duration(value)
        case 'days':
            return duration(value * 86_400)
        case 'per second':
            return t('limits.per_second', { value: number(value) })
        case 'USD':
            return dollars(value)
        case 'tokens':
            return t('spent.tokens', { count: value })
        default:
            return unit ? `${number(value)} ${unit}` : number(value)
    }
}

/** By table of the configuration, in their order; those that are built in last. */
export function grouped(limits: readonly LimitInfo[]): [string, LimitInfo[]][] {
    const groups = new Map<string, LimitInfo[]>()
    for (const one of limits) {
        const table = one.fixed ? 'fixed' : (one.name.split('.', 1)[0] ?? '')
        groups.set(table, [...(groups.get(table) ?? []), one])
    }
    return [...groups]
}
