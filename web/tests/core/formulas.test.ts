import { describe, expect, it } from 'vitest'

import { within } from '../../src/markdown/formulas'
import { mathml } from '../../src/markdown/mathml'
import { isPlain, toHtml } from '../../src/markdown/render'

const known = { me: 'ann', nick: () => false, room: () => false }
const on = (text: string) => toHtml(text, known, true).trim()
const off = (text: string) => toHtml(text, known).trim()

const SPAN = /<span class="formula( formula-block)?"[^>]*>([^<]*)<\/span>/g
/** The formulas that are found, those that stand alone with a star in front. */
const found = (text: string) => [...on(text).matchAll(SPAN)].map(([, alone, said]) => (alone ? '*' : '') + said)

describe('where formulas are found', () => {
    it.each([
        ['so $x^2$ it is', ['$x^2$']],
        ['$a_1$ and $b_1$, ($c$)', ['$a_1$', '$b_1$', '$c$']],
        ['\\(a+b\\) and \\[c\\]', ['\\(a+b\\)', '*\\[c\\]']],
        ['thus $$a\n= b$$ and on', ['*$$a\n= b$$']],
        ['$$\na\n= b\n---\n$$', ['*$$\na\n= b\n---\n$$']],
        ['\\[\n\\frac12\n\\]', ['*\\[\n\\frac12\n\\]']],
        ['said:\n$$a$$\nand on', ['*$$a$$']],
        ['- one\n  $$a$$\n- two', ['*$$a$$']],
        ['```math\na_1\n```', ['*a_1\n']],
        ['$\\$$ is a dollar', ['$\\$$']],
        ['$$a$$ b $$c$$', ['*$$a$$', '*$$c$$']],
    ])('%j', (text, formulas) => expect(found(text)).toEqual(formulas))

    it.each([
        '$5 and $6',
        'a $ b $ c',
        '$20,000 and USD$30,000',
        'it costs 5$',
        '\\$a$ and \\\\(b)',
        '`$x$` and `\\(y\\)`',
        '$a `$` b$',
        '```\n$$x$$\n```',
        '```tex\n$x$\n```',
        '    $$\n    x\n    $$',
        '$$\n\nx$$',
        '$$ never closed',
        '$$$$',
        '$$ $$',
    ])('not in %j', (text) => expect(found(text)).toEqual([]))

    it('is text where nobody asked for formulas', () => {
        expect(off('so $x^2$')).toBe('<p>so $x^2$</p>')
        expect(off('```math\nx\n```')).toContain('<pre')
        expect(isPlain('so $x$')).toBe(true)
        expect(isPlain('so $x$', true)).toBe(false)
    })

    it('lets nothing of a formula be more than text', () => {
        expect(on('$<img src=x onerror=alert(1)>$')).not.toContain('<img')
        expect(on('$https://example.org *x* @bob$')).not.toMatch(/<a|<em/)
    })

    it('takes no longer for what is never closed', () => {
        const began = performance.now()
        on('$a '.repeat(5_000) + '\\( '.repeat(3_000) + '\n\\[ a'.repeat(2_000))
        expect(performance.now() - began).toBeLessThan(1_000)
    })
})

it('takes away what stands around a formula', () => {
    expect(['$x$', '$$x$$', '\\(x\\)', ' \\[x\\]\n', 'x', '$'].map(within)).toEqual(['x', 'x', 'x', 'x', 'x', '$'])
})

describe('what is made of a formula', () => {
    const html = (source: string) => (mathml(source, false) as { html: string }).html
    const wrong = (source: string) => (mathml(source, false) as { wrong: string }).wrong

    it('is MathML without styles', () => {
        expect(html('\\left(\\left[x\\right]\\right)')).toContain('stretchy')
        expect(html('\\frac{a}{b}')).toContain('<mfrac><mi>a</mi><mi>b</mi></mfrac>')
        expect(html('\\begin{array}{|c|}1\\end{array}')).toMatch(/<mtd class="[^"]*line-start/)
        expect(html('\\boxed{x}')).toContain('class="boxed"')
        expect(html('\\color{red}{x}\\begin{pmatrix}1&2\\end{pmatrix}')).not.toContain('style=')
    })

    it.each(['\\href{javascript:alert(1)}{x}', '\\includegraphics{x}', '\\class{a}{b}', '\\style{color:red}{x}', '\\id{a}{b}'])(
        'trusts nobody: %s',
        (source) => expect(wrong(source)).toBeTruthy(),
    )

    it.each([
        ['\\frac{a', "expected '}'"],
        ['\\nothing', 'nothing'],
        ['\\def\\a{\\a\\a}\\a', 'Too many expansions'],
        ['x'.repeat(2_001), '2000'],
        ['{'.repeat(1_000) + '}'.repeat(999), ''],
        ['\\sqrt{'.repeat(100) + 'x' + '}'.repeat(100), 'too deeply'],
        ['\\left('.repeat(40) + 'x' + '\\right)'.repeat(40), 'too deeply'], // it would stop the browser
    ])('says what is wrong with %.20s', (source, says) => expect(wrong(source)).toContain(says))

    it('bounds sizes, and forgets what a formula defines', () => {
        expect(html('\\rule{9999em}{9999pt}')).not.toContain('9999')
        expect(html('\\gdef\\mine{x}\\mine')).toContain('<mi>x</mi>')
        expect(wrong('\\mine')).toBeTruthy()
    })
})
