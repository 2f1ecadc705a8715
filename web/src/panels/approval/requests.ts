/** What a bot asks a person to allow: a notice of the bot host, which names the line to approve (docs/tools.md). */

import type { Line } from '../../state'

export const YES = '✅'
export const NO = '❌'

export interface ToolRequest {
    readonly bot: string
    readonly tool: string
    /** As the notice has them: JSON where it could be read. */
    readonly args: string
    /** For whom; empty: nobody asked. */
    readonly requester: string
    readonly decision: 'open' | 'approved' | 'denied'
    /** Who decided. */
    readonly by: string
}

const FORM = /^(\S+) wants to run (\S+) (.*?)(?: for (\S+))?: \/approve \d+/su

/** The request in a line; null: it is none. A reaction of whoever may not decide counts for the bot host alone. */
export function requestIn(line: Line): ToolRequest | null {
    if (line.body.style !== 'notice' || line.sender.kind !== 'bot' || line.redacted) return null
    const found = FORM.exec(line.text)
    if (!found) return null
    const [, bot = '', tool = '', args = '', requester = ''] = found
    const given = (emoji: string) => line.reactions.find((one) => one.emoji === emoji)?.by[0]?.nick
    const [yes, no] = [given(YES), given(NO)]
    const decision = no ? 'denied' : yes ? 'approved' : 'open'
    return { bot, tool, args: pretty(args), requester, decision, by: no ?? yes ?? '' }
}

function pretty(args: string): string {
    try {
        return JSON.stringify(JSON.parse(args), null, 2)
    } catch {
        return args // a notice shortens what is long
    }
}
