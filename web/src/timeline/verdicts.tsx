import { hueOf } from '../design'
import { t } from '../i18n'
import { number } from '../i18n/format'
import type { Verdict } from '../protocol/types'
import { aside, type Room, type Said } from '../state'

const SAID = {
    answered: 'verdict.answered',
    passed: 'verdict.passed',
    over_budget: 'verdict.over_budget',
    failed: 'verdict.failed',
} as const

/** Why a bot spoke, or was silent, in the bot host's words where it gave any. */
export function reason(verdict: Verdict, nick: string): string {
    if (verdict.words) return verdict.words
    const tokens = number((verdict.tokens_in ?? 0) + (verdict.tokens_out ?? 0))
    const key = SAID[verdict.verdict as keyof typeof SAID]
    return key
        ? t(key, { nick, tokens })
        : t('verdict.silent', { nick, tokens, rule: verdict.rule.replaceAll('_', ' ') })
}

/** The verdict lines under a line, quietly set: a silence that somebody may have wondered about, and its reason. */
export function VerdictLines({ room, seq }: { room: Room; seq: number }) {
    const said = room.decisions.value.get(seq)
    if (!said?.length) return null
    return (
        <div class="verdicts">
            {said.map((one) => (
                <VerdictLine key={one.verdict.bot} said={one} seq={seq} />
            ))}
        </div>
    )
}

function VerdictLine({ said, seq }: { said: Said; seq: number }) {
    const nick = said.nick || t('verdict.bot')
    const why = reason(said.verdict, nick)
    const lines = said.verdict.first ? said.verdict.last - said.verdict.first + 1 : 1
    const named = why.startsWith(`${nick} `)
    return (
        <p class="verdict">
            {named && <span class={`verdict-nick ink-${hueOf(said.verdict.bot)}`}>{nick}</span>}
            {named ? why.slice(nick.length) : why}
            {lines > 1 && ` · ${t('verdict.lines', { count: lines })}`}
            <button type="button" class="link-button" onClick={() => (aside.value = { name: 'why', seq })}>
                {t('verdict.why')}
            </button>
        </p>
    )
}
