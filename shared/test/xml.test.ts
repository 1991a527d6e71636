import assert from 'node:assert/strict';
import { queryBody } from '../src/sts/query.ts';
import { parseXml, textAt } from '../src/sts/xml.ts';

describe('the XML of STS', () => {
  it('is read with declaration, comments, attributes and empty elements', () => {
    const root = parseXml(`<?xml version="1.0"?>\n<!-- a - b --><A xmlns="urn:x" b='c'><B/>\n<C ><D>1</D></C></A>\n`);
    assert.equal(root?.name, 'A');
    assert.equal(textAt(root, 'C', 'D'), '1');
    assert.equal(textAt(root, 'B'), '');
  });

  it('has its entities resolved, but unknown ones unchanged', () => {
    const text = '&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x1F600;&nbsp;&#x110000;&#9999999;&amp;lt;';
    assert.equal(textAt(parseXml(`<A><B>${text}</B></A>`), 'B'), `<>&"'AB\u{1f600}&nbsp;&#x110000;&#9999999;&lt;`);
  });

  it('has no text for an element that is missing or occurs twice', () => {
    const root = parseXml('<A><B>1</B><B>2</B><C>3</C></A>');
    assert.equal(textAt(root, 'B'), undefined);
    assert.equal(textAt(root, 'X'), undefined);
    assert.equal(textAt(root, 'C', 'D'), undefined);
    assert.equal(textAt(undefined, 'C'), undefined);
    assert.equal(textAt(root, 'C'), '3');
  });

  const refused = [
    '',
    'text',
    '<A>',
    '</A>',
    '<A></B>',
    '<A></A></A>',
    '<A/><B/>',
    '<A/>text',
    '<A><B></A></B>',
    '<!DOCTYPE A [<!ENTITY e "x">]><A>&e;</A>',
    '<A><![CDATA[x]]></A>',
    '<A b=c></A>',
    '<A b="<"></A>',
    '<A',
    '< A></A>',
    '<A><!-- never closed</A>',
    `${'<A>'.repeat(30)}${'</A>'.repeat(30)}`,
  ];
  for (const text of refused) {
    it(`is not ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(parseXml(text), undefined));
  }

  it('is read or refused in linear time', () => {
    const begin = process.cpuUsage();
    for (const part of ['<A>', '<!--', '<A b="c"', '&#x', '<', ' a="b"', '-', '<A/>', '&lt;'])
      parseXml(`<A>${part.repeat(1_000_000 / part.length)}</A>`);
    const { user } = process.cpuUsage(begin);
    assert.ok(user < 5_000_000, `${user} µs`);
  });
});

describe('the body of an STS call', () => {
  it('numbers lists, names members, and omits undefined or empty ones', () => {
    const body = queryBody('AssumeRole', {
      RoleArn: "a!'()* /~",
      DurationSeconds: 900,
      Policy: undefined,
      PolicyArns: [],
      Tags: [
        { Key: 'a', Value: '' },
        { Key: 'b', Value: 'ü' },
      ],
    });
    assert.equal(
      body,
      'Action=AssumeRole&Version=2011-06-15&RoleArn=a%21%27%28%29%2A%20%2F~&DurationSeconds=900&Tags.member.1.Key=a&Tags.member.1.Value=&Tags.member.2.Key=b&Tags.member.2.Value=%C3%BC',
    );
  });
});
