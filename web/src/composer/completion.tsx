import { t } from '../i18n'
import type { Choice } from './completing'

interface CompletionProps {
    choices: readonly Choice[]
    at: number
    onPick: (choice: Choice) => void
}

/** The list above the field; the field has the focus, and names the choice that is marked. */
export function Completion({ choices, at, onPick }: CompletionProps) {
    return (
        <div
            id="completion"
            role="listbox"
            aria-label={t('completion.label')}
            class="completion"
            hidden={!choices.length}
        >
            {choices.map((choice, index) => (
                <div
                    key={choice.label}
                    id={`choice-${index}`}
                    role="option"
                    aria-selected={index === at}
                    class={index === at ? 'choice choice-at' : 'choice'}
                    ref={(element) => {
                        if (index === at) element?.scrollIntoView({ block: 'nearest' })
                    }}
                    onMouseDown={(event) => {
                        event.preventDefault() // the field keeps the focus
                        onPick(choice)
                    }}
                >
                    {choice.mark && <span class="choice-mark">{choice.mark}</span>}
                    <span class="choice-label">{choice.label}</span>
                    {choice.detail && <span class="choice-detail">{choice.detail}</span>}
                </div>
            ))}
        </div>
    )
}
