/** Looking for what was said: the query's language with its help, in this room or in all. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { Button, Choice, EmptyState, Spinner, TextField } from '../../design'
import { t, type Key } from '../../i18n'
import { moment } from '../../i18n/format'
import type { Found, Hits } from '../../protocol/types'
import { ask, current, go } from '../../state'
import { sentence } from '../asking'
import { AsideFrame, Section, Wrong } from '../parts'
import { marked } from './marking'

const PAGE = 20
const PAUSE = 250 // ms of not typing

export default function SearchPanel() {
    const query = useSignal('')
    const where = useSignal<'here' | 'all'>('here')
    const found = useSignal<Hits | null>(null)
    const error = useSignal('')
    const busy = useSignal(false)
    const room = current.value?.name.value

    const load = async (offset: number) => {
        const fields = { query: query.value.trim(), limit: PAGE, offset }
        busy.value = true
        try {
            const hits = await ask('search', where.value === 'here' && room ? { ...fields, room } : fields)
            if (fields.query !== query.value.trim()) return
            found.value = { ...hits, hits: [...(offset ? (found.value?.hits ?? []) : []), ...hits.hits] }
            error.value = ''
        } catch (why) {
            error.value = sentence(why)
        } finally {
            busy.value = false
        }
    }
    useEffect(() => {
        if (!query.value.trim()) {
            found.value = null
            error.value = ''
            return undefined
        }
        const timer = setTimeout(() => void load(0), PAUSE)
        return () => clearTimeout(timer)
    }, [query.value, where.value, room])
    const put = (text: string) => {
        query.value = `${query.value} ${text}`.trim()
        document.querySelector<HTMLInputElement>('.search-head input')?.focus()
    }
    return (
        <AsideFrame
            title={t('search.title')}
            above={
                <div class="search-head" role="search">
                    <TextField
                        bare
                        type="search"
                        label={t('search.title')}
                        placeholder={t('search.for')}
                        value={query.value}
                        onValue={(v) => (query.value = v)}
                        autofocus
                        plain
                    />
                    <Choice
                        small
                        label={t('search.where')}
                        value={where.value}
                        onValue={(v) => (where.value = v)}
                        options={[
                            ['here', t('search.here')],
                            ['all', t('search.everywhere')],
                        ]}
                    />
                </div>
            }
        >
            {error.value && <Wrong>{error.value}</Wrong>}
            {busy.value && !found.value && <Spinner label={t('search.searching')} />}
            {found.value ? (
                <HitList hits={found.value} busy={busy.value} more={() => void load(found.value?.hits.length ?? 0)} />
            ) : (
                !error.value && !busy.value && <Help put={put} />
            )}
        </AsideFrame>
    )
}

function HitList({ hits: { hits, more, behind }, busy, more: next }: { hits: Hits; busy: boolean; more: () => void }) {
    return (
        <div class="stack" aria-live="polite">
            {behind && <p class="small soft">{t('search.behind')}</p>}
            {hits.length === 0 && (
                <EmptyState icon="search" title={t('search.none')}>
                    {t('search.none_hint')}
                </EmptyState>
            )}
            <ul role="list" class="hits">
                {hits.map((hit) => (
                    <li key={`${hit.room} ${hit.seq}`}>
                        <Hit hit={hit} />
                    </li>
                ))}
            </ul>
            {more && (
                <Button small busy={busy} onClick={next}>
                    {t('search.more')}
                </Button>
            )}
        </div>
    )
}

function Hit({ hit }: { hit: Found }) {
    return (
        <button type="button" class="hit" onClick={() => go(hit.room, hit.seq)}>
            <span class="flow small soft">
                <strong class="cut">{hit.sender.nick}</strong>
                <span class="cut">{hit.room}</span>
                <span class="push">{moment(hit.at)}</span>
            </span>
            <span class="hit-text">
                {marked(hit.snippet, hit.matches ?? []).map((part, at) =>
                    part.on ? <mark key={at}>{part.text}</mark> : part.text,
                )}
            </span>
        </button>
    )
}

const HELP: readonly (readonly [string, Key])[] = [
    ['red apples', 'search.help_words'],
    ['"red apples"', 'search.help_phrase'],
    ['appl*', 'search.help_prefix'],
    ['-green', 'search.help_without'],
    ['from:alice', 'search.help_from'],
    ['room:#fruit', 'search.help_room'],
    ['has:link', 'search.help_link'],
    ['before:2026-11-21', 'search.help_before'],
    ['after:2026-11-21', 'search.help_after'],
    ['on:today', 'search.help_on'],
    ['sort:new', 'search.help_sort'],
]

function Help({ put }: { put: (text: string) => void }) {
    return (
        <Section title={t('search.help')}>
            <ul role="list" class="search-help">
                {HELP.map(([example, says]) => (
                    <li key={example}>
                        <button type="button" class="link mono" onClick={() => put(example)}>
                            {example}
                        </button>
                        <span class="small soft">{t(says)}</span>
                    </li>
                ))}
            </ul>
        </Section>
    )
}
