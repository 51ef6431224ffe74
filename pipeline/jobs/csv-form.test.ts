import { describe, expect, it } from 'vitest';
import { columnName, csvFormOf, unwrapped } from './csv-form.js';

const COLUMNS = ['dp_id', 'lat', 'lon'];

describe('what stands between the cells of a file', () => {
  it.each([
    ['dp_id,lat,lon\nD1,1,2\n', ','],
    ['dp_id;lat;lon\r\nD1;31,95;35,93\r\n', ';'],
    ['\uFEFF"dp_id";"lat";"lon"\r\n', ';'],
    ['dp_id\tlat\tlon\n', '\t'],
    ['dp_id;name, short;lat;lon\n', ';'],
    ['dp_id,note;x;y;z;w,lat,lon\n', ','],
    ['\n\ndp_id;lat;lon\n', ';'],
    ['dp_id\n', ','],
    ['', ','],
  ])('of %j is seen in its header', (text, delimiter) => {
    expect(csvFormOf(text, COLUMNS)).toEqual({ delimiter, headerLine: 1 });
  });

  it('is what divides the header most, where nobody knows its columns', () => {
    expect(csvFormOf('ticketId;timestamp;customer.phone\n', []).delimiter).toBe(';');
    expect(csvFormOf('ticketId,a;b,timestamp\n', []).delimiter).toBe(',');
    expect(csvFormOf('ticketId\n', []).delimiter).toBe(',');
  });

  it.each(['sep=;\r\ndp_id;lat;lon\r\n', '\uFEFFsep=;\ndp_id;lat;lon\n', '"sep=;"\ndp_id;lat;lon', 'SEP=;\nx,y,z'])(
    'may be named by Excel: %j',
    (text) => {
      expect(csvFormOf(text, COLUMNS)).toEqual({ delimiter: ';', headerLine: 2 });
    },
  );
});

it.each([
  ['="700000000000000001"', '700000000000000001'],
  ['= "007"', '007'],
  ['="5"" pipe"', '5" pipe'],
  ['=""', ''],
  ['=A1+B2', '=A1+B2'],
  ['="a"&"b"', '="a"&"b"'],
  ['M1', 'M1'],
  ['', ''],
])('the cell %j of a spreadsheet holds %j', (cell, text) => {
  expect(unwrapped(cell)).toBe(text);
});

it('the name of a column is clean', () => {
  expect(columnName('\uFEFF dp_id\u200E ')).toBe('dp_id');
  expect(columnName('="dp_id"')).toBe('dp_id');
});
