import './design/tokens.css'
import './design/base.css'
import './design/components.css'
import './app/page.css'

import { render } from 'preact'

import { App } from './app/app'
import { startAppearance } from './design'
import { begin } from './entry/door'
import { startLanguage } from './i18n'
import { startPanels } from './panels'
import { workerAddress } from './markdown/policy'

startAppearance()
await startLanguage()
render(<App />, document.getElementById('app')!)
startPanels()
await begin()

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    await navigator.serviceWorker.register(workerAddress()).catch(() => undefined) // without it the page needs the server, as pages do
}
