/** The design: components whose looks are in components.css and tokens.css. README.md shows how they are used. */

export { appearance, startAppearance } from './appearance'
export { Avatar, hueOf, initials } from './avatar'
export { Badge, Count, EmptyState, Meter, Spinner } from './bits'
export { Button, IconButton } from './button'
export { Dialog } from './dialog'
export { Choice, Field, Select, Switch, TextArea, TextField } from './field'
export { Icon, type IconName } from './icons'
export { Menu, type Item } from './menu'
export { placeBeside } from './placing'
export { Tabs } from './tabs'
export { Tips } from './tips'
export { toast, Toasts } from './toasts'
