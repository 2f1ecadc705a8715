/** The sheet of shortcuts, which `?` shows. */

import { Dialog } from '../../design'
import { t } from '../../i18n'
import { closeDialog } from '../open'
import { written } from './keys'
import { SHORTCUTS } from './table'

export default function Sheet() {
    return (
        <Dialog title={t('keys.title')} onClose={closeDialog} size="large">
            <div class="sheet">
                {SHORTCUTS.map(([title, group]) => (
                    <section key={title}>
                        <h3 class="section-title">{t(title)}</h3>
                        <dl>
                            {group.map((one) => (
                                <div key={one.keys} class="sheet-row">
                                    <dt>
                                        {written(one.keys)
                                            .split(/\+(?=.)/)
                                            .map((key) => (
                                                <kbd key={key}>{SIGNS[key] ?? key}</kbd>
                                            ))}
                                    </dt>
                                    <dd>{t(one.says).replace(/ …$/, '')}</dd>
                                </div>
                            ))}
                        </dl>
                    </section>
                ))}
            </div>
        </Dialog>
    )
}

const SIGNS: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Shift: '⇧', Delete: 'Del' }
