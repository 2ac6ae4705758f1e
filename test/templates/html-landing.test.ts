import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import type { JsonValue } from '../../src/base/index.ts';
import { parseTemplate, renderTemplate } from '../../src/templates/index.ts';
import { faultsOf, renderSource } from './parse-source.ts';

function render(source: string, x: JsonValue): string {
  return renderSource(source, 'html', { lead: { x }, subscription: null, apicontent: { list: [1, 2] } });
}

const NASTY = `a&b <i> "q" 'p'`;
const cases: [source: string, value: JsonValue, expected: string][] = [
  ['<p>{lead.x}</p>', NASTY, '<p>a&amp;b &lt;i&gt; &quot;q&quot; &#39;p&#39;</p>'],
  ['<p title="{lead.x}">', NASTY, '<p title="a&amp;b &lt;i&gt; &quot;q&quot; &#39;p&#39;">'],
  ["<p title='{lead.x}'>", "'>", "<p title='&#39;&gt;'>"],
  ['<title>{lead.x}</title>', '</title>', '<title>&lt;/title&gt;</title>'],
  ['<textarea>{lead.x}</textarea>', '</', '<textarea>&lt;/</textarea>'],
  ['<!-- {lead.x} -->', '--><b>', '<!--  --&gt;&lt;b&gt;  -->'],
  ['<p>{lead.x | raw}</p>', '<b>1</b>', '<p><b>1</b></p>'],
  ['<p>{lead.x | upper | raw}</p>', '<b>', '<p><B></p>'],
  [
    '<a href="{lead.x}">',
    'https://x.example/ü?a=1&b=c d"',
    '<a href="https://x.example/%C3%BC?a=1&amp;b=c%20d%22">',
  ],
  ['<a href="{lead.x}">', 'https://x.example/%41%zz', '<a href="https://x.example/%41%25zz">'],
  ['<a href=" {lead.x}">', ' java\nscript\t:alert(1)', '<a href=" #">'],
  ['<a href="{lead.x}">', 'JavaScript:alert(1)', '<a href="#">'],
  ['<img src="{lead.x}">', 'data:text/html,x', '<img src="#">'],
  ['<form action="{lead.x}">', 'vbscript:x', '<form action="#">'],
  ['<a href="{lead.x}">', '/path/a:b?c:d', '<a href="/path/a:b?c:d">'],
  ['<a href="{lead.x}">', 'mailto:a@x.example', '<a href="mailto:a@x.example">'],
  ['<a href="{lead.x}">', 'tel:+371 2', '<a href="tel:+371%202">'],
  ['<a href="tel:{lead.x}">', '+371', '<a href="tel:+371">'],
  ['<a href="mailto:{lead.x}?subject={lead.x}">', 'a+b@x', '<a href="mailto:a+b@x?subject=a%2Bb%40x">'],
  [
    '<a href="https://x.example/?q={lead.x}">',
    'a&b=/?#',
    '<a href="https://x.example/?q=a%26b%3D%2F%3F%23">',
  ],
  ['<a href="/{lead.x}">', '/evil', '<a href="/%2Fevil">'],
  ['<a href="java{lead.x}">', 'script:alert(1)', '<a href="javascript%3Aalert(1)">'],
  ['<a href="{lead.x}{lead.x}">', 'a:', '<a href="#a%3A">'],
  ['<a href="{if lead.x}{lead.x}{else}/{end}{lead.x}">', 'javascript:', '<a href="#javascript%3A">'],
  ['<a href="{for y in apicontent.list}{lead.x}{end}">', ':', '<a href="%3A%3A">'],
  [
    '<!--[if mso]><a href="{lead.x}">{lead.x}</a><![endif]-->',
    'data:',
    '<!--[if mso]><a href="#">data:</a><![endif]-->',
  ],
  ['<p style="color: {lead.x}">', '#fff', '<p style="color: #fff">'],
  ['<p style="color: {lead.x}">', 'red; }"', '<p style="color: red\\3b  \\7d \\22 ">'],
  [
    '<p style="background: url({lead.x})">',
    'https://x.example/a.png?b=1&c=2',
    '<p style="background: url(https://x.example/a.png?b=1&amp;c=2)">',
  ],
  ['<p style="background: url({lead.x})">', 'javascript:x', '<p style="background: url(javascript\\3a x)">'],
  [
    '<style>p { width: {lead.x} }</style>',
    '</style>*/',
    '<style>p { width: \\3c /style\\3e \\2a / }</style>',
  ],
  [
    '<script>let a = {lead.x};</script>',
    'a"</script>',
    '<script>let a = "a\\u0022\\u003c\\u002fscript\\u003e";</script>',
  ],
  [
    '<script>let a = "{lead.x}";</script>',
    '"\'\\\n',
    '<script>let a = "\\u0022\\u0027\\u005c\\u000a";</script>',
  ],
  [
    "<script>let a = 'it\\'s {lead.x}' + {lead.x}</script>",
    "'",
    "<script>let a = 'it\\'s \\u0027' + \"\\u0027\"</script>",
  ],
  [
    '<script>/* " */ // "\nf({lead.x})</script>',
    [1, { 'a"': true }],
    '<script>/* " */ // "\nf([1,{"a\\u0022":true}])</script>',
  ],
  [
    '<script type="application/ld+json">{"a":{lead.x}}</script>',
    null,
    '<script type="application/ld+json">{"a":null}</script>',
  ],
  ['<p {if lead.x}class="a"{end}>{lead.x}', 1, '<p class="a">1'],
  ['<input {if lead.x}checked{end}>{lead.x}', 1, '<input checked>1'],
];
for (const [source, value, expected] of cases) {
  test(`${source} with ${JSON.stringify(value)}`, () => assert.equal(render(source, value), expected));
}

const refused: [source: string, column: number, message: RegExp][] = [
  ['<a href={lead.x}>', 9, /put quotes around the value of the attribute href/],
  ['<a b=c{lead.x}>', 7, /put quotes/],
  ['<{lead.x}>', 2, /cannot be part of a tag/],
  ['<b{lead.x}>', 3, /cannot be part of a tag/],
  ['</{lead.x}>', 3, /cannot be part of a tag/],
  ['<!{lead.x}>', 3, /cannot be part of a tag/],
  ['<b {lead.x}>', 4, /cannot be part of a tag/],
  ['<b data-{lead.x}="">', 9, /cannot be part of a tag/],
  ['<b a {lead.x}>', 6, /cannot be part of a tag/],
  ['<b ONCLICK="f({lead.x})">', 15, /attribute onclick, which holds a program/],
  ['<iframe srcdoc="{lead.x}">', 17, /attribute srcdoc/],
  ['<a href=" Java\nScript:f({lead.x})">', 10, /URL that is a program/],
  ['<script>`{lead.x}`</script>', 10, /template literal/],
  ['<script></scr{lead.x}', 14, /cannot stand behind <\/scr/],
  ['<b a="{lead.x | raw}">', 7, /raw works only between tags, and this is the value of the attribute a/],
  ['<style>{lead.x | raw}</style>', 8, /raw works only between tags, and this is <style>/],
  ['{if lead.x}<b {end}', 15, /the ways through the \{if\} of line 1 end in different places/],
  ['{for y in lead.x}<b a="{end}', 24, /the ways through the \{for\} of line 1/],
  ['<script>{if lead.x}"{else}1{end}</script>', 28, /<script>, in a string or comment and <script>/],
  ['<!--a{if lead.x}--{else}b{end}>', 26, /a comment/],
  ['<{if lead.x}b{else}script{end}>', 26, /different places: the tag b and the tag script/],
];
for (const [source, column, message] of refused) {
  test(`is refused: ${source}`, () => {
    const [fault, ...more] = faultsOf(source, 'html');
    assert.match(fault?.message ?? '', message);
    assert.equal(fault?.column, column);
    assert.deepEqual(more, []);
  });
}

/** Tags with the names of their attributes, and comments, in order: what no value may change. */
function structureOf(html: string): string[] {
  const found: string[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => found.push(`<${name} ${Object.keys(attributes).join(' ')}>`),
    onclosetag: (name) => found.push(`</${name}>`),
    oncomment: () => found.push('<!-->'),
    onprocessinginstruction: (name) => found.push(name),
  });
  parser.end(html);
  return found;
}

const htmlPiece = fc.constantFrom(
  ...[
    '<p>',
    '</p>',
    '<a href="',
    "<a href='",
    '<b title="',
    '">',
    "'>",
    ' class="',
    '"',
    "'",
    '<br/>',
    '<!--',
    '-->',
    '<!doctype html>',
  ],
  ...[
    '<script>',
    '</script>',
    '<style>',
    '</style>',
    '<title>',
    '</title>',
    ' text ',
    '<',
    '>',
    '/',
    '=',
    'javascript:',
    '?q=',
    '<textarea>',
  ],
  ...[
    '{lead.x}',
    '{lead.x}',
    '{lead.y}',
    '{lead.x | upper}',
    '{for i in apicontent.list}',
    '{i}',
    '{end}',
    '{else}',
    '{if lead.fixed}',
    '{end}',
  ],
  ...[
    '<p style="color:',
    'var a = "',
    'f(',
    ');\n',
    '//',
    '/*',
    '*/',
    '`',
    '\\',
    '<td width="',
    '&',
    '{if not lead.fixed}',
    '</textarea>',
  ],
);
const hostile = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ...[
          '<',
          '>',
          '"',
          "'",
          '/',
          '=',
          ' ',
          '&',
          '\n',
          '-->',
          '--',
          '`',
          '\\',
          'script',
          '</script>',
          '<img src=x onerror=y>',
          'javascript:',
          ']]>',
          '*/',
          '${',
          '\u2028',
          'a',
          '\ud800',
          '{lead.x}',
          '</style>',
          '</title>',
          '<!--',
        ],
      ),
      { maxLength: 8 },
    )
    .map((all) => all.join('')),
  fc.string({ unit: 'binary' }),
);

test('the tags and attributes are the same whatever the values', () => {
  let parsed = 0;
  fc.assert(
    fc.property(fc.array(htmlPiece, { maxLength: 14 }), hostile, hostile, (pieces, x, y) => {
      const outcome = parseTemplate(pieces.join(''), 'html');
      if (!outcome.ok) return;
      parsed += 1;
      const rest = { subscription: null, apicontent: { list: [x, y] } };
      const harmless = { subscription: null, apicontent: { list: ['a', 'a'] } };
      const rendered = renderTemplate(outcome.value, { ...rest, lead: { x, y, fixed: true } });
      const plain = renderTemplate(outcome.value, { ...harmless, lead: { x: 'a', y: 'a', fixed: true } });
      assert.deepEqual(structureOf(rendered), structureOf(plain));
      assert.doesNotMatch(rendered, /onerror=y>/);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(parsed > 3_000, `only ${parsed} templates could be parsed`);
});

for (const source of [
  '<!--{lead.x}><p>',
  '<!---{lead.x}><p>',
  '<!-- --{lead.x}><p>',
  '<!-- --!{lead.x}><p>',
]) {
  test(`a comment goes on whatever is printed in it: ${source}`, () => {
    const outcome = parseTemplate(source, 'html');
    assert.ok(outcome.ok);
    for (const x of ['', '-', '--', '-->', '!', 'a']) {
      const rendered = renderTemplate(outcome.value, { lead: { x }, subscription: null, apicontent: null });
      assert.deepEqual(structureOf(`${rendered}-->`), ['<!-->'], rendered);
    }
  });
}

test('a program reads from a script the very value, in quotes and out', () => {
  fc.assert(
    fc.property(hostile, (x) => {
      const out = render('<script>[{lead.x},"{lead.x}",{"k":{lead.x}}]</script>', x);
      const program = out.slice('<script>'.length, -'</script>'.length);
      const value: unknown = JSON.parse(program);
      assert.deepEqual(value, [x, x, { k: x }]);
    }),
    { numRuns: 1000 },
  );
});

test('no URL from a value has a scheme that runs or shows what the value holds', () => {
  const spaced = fc.constantFrom('', ' ', '\n', '\t', '\u0000', '\u0001', '\ufeff');
  const scheme = fc.constantFrom('javascript', 'JAVASCRIPT', 'data', 'vbscript', 'blob', 'file');
  fc.assert(
    fc.property(spaced, scheme, spaced, spaced, hostile, (before, name, inside, after, rest) => {
      const value = `${before}${name.slice(0, 3)}${inside}${name.slice(3)}${after}:${rest}`;
      const href = /^<a href="(.*)">$/s.exec(render('<a href="{lead.x}">', value))?.[1] ?? '';
      const url = new URL(href.replaceAll('&amp;', '&').replaceAll('&#39;', "'"), 'https://base.example/');
      assert.equal(url.protocol, 'https:');
    }),
    { numRuns: 2000 },
  );
});
