/** The panels' English, loaded with the first of them. */

import './more.css'
import { addEnglish } from '../i18n'
import words from '../i18n/en/panels'

addEnglish(words)
