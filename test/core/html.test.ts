import { expect, it } from 'vitest';
import { readHtml } from './html.ts';

it.each([
  '<p>✅ <code>@alice:example.org</code><br>a &amp; b</p>',
  '<pre><code class="language-json">{}</code></pre>',
  '<p><a href="https://matrix.to/#/%40alice%3Aexample.org">open</a></p>',
  '<p><a href="https://matrix.to/#/!a%3Ax/%24b?via=example.org%3A8448">open</a></p>',
])('reads %j', (html) => expect(() => readHtml(html)).not.toThrow());

it.each([
  '<script>alert(1)</script>',
  '<p onclick="x">a</p>',
  '<p style="color: red">a</p>',
  '<font color="red">a</font>',
  '<img src="mxc://x/y">',
  '<a href="https://evil.example">a</a>',
  '<a href="https://matrix.to/#/%40a%3Ax" onclick="x">a</a>',
  '<a href="https://matrix.to/#/%40a%3Ax" >a</a>',
  '<a>a</a>',
  '<code class="x">a</code>',
  '<td align="right">1</td>',
  '<input type="checkbox">',
  '<p>a',
  '<p><strong>a</p></strong>',
  'a</p>',
  'a & b',
  'a < b',
  '&nbsp;',
  '<!-- a -->',
])('refuses %j, which clients need not show', (html) => expect(() => readHtml(html)).toThrow());
