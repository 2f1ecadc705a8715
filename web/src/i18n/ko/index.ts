import core from './core'
import panels from './panels'
import shared from './shared'

export default { ...core, ...shared, ...panels }
