import * as path from 'node:path';
import { Lazy } from 'aws-cdk-lib';
import { failure, fleetProperties, newFleet, newStack, temporaryFile } from './fixtures';
import { RunningMode, WorkspaceUsers, WorkspaceUsersCsvOptions } from '../src';
import { SETTINGS } from '../src/private/desktop-settings';

function wire(users: WorkspaceUsers) {
  const stack = newStack();
  newFleet(stack, { users });
  const { Users, Settings } = fleetProperties(stack);
  return { Users, Settings };
}

function csv(content: string | Buffer, options?: WorkspaceUsersCsvOptions) {
  return WorkspaceUsers.fromCsv(temporaryFile('users.csv', content), options);
}

const BUNDLE = { BundleId: 'wsb-clj85qzj1' };

test('names', () => {
  expect(wire(WorkspaceUsers.fromNames(['ana', 'Bo.Smith@corp', 'o\'neil-3', 'josé']))).toEqual({
    Users: [{ Settings: '0', UserNames: ['ana', 'Bo.Smith@corp', 'o\'neil-3', 'josé'] }],
    Settings: [BUNDLE],
  });
});

test('names with options: what their desktops have that the fleet says otherwise', () => {
  const stack = newStack();
  newFleet(stack, { runningMode: RunningMode.alwaysOn(), users: WorkspaceUsers.fromNames(['ana', 'bo'], { runningMode: RunningMode.manual(), tags: { team: 'north' } }) });
  const { Users, Settings } = fleetProperties(stack);
  expect({ Users, Settings }).toEqual({
    Users: [{ Settings: '0', UserNames: ['ana', 'bo'] }],
    Settings: [{ ...BUNDLE, RunningMode: 'MANUAL', Tags: { team: 'north' } }],
  });
});

test('options that do not fit are refused, with the name of a user', () => {
  expect(failure(() => newFleet(newStack(), { users: WorkspaceUsers.fromNames(['ana', 'bo'], { bundleId: 'b-1' }) }))).toBe(
    '\'bundleId\' must be a bundle id like "wsb-clj85qzj1", got "b-1"; copy it from the bundles of the WorkSpaces console (user "ana") (at \'Stack/Fleet\')');
});

describe('fromCsv', () => {
  test('one column is enough', () => {
    expect(wire(csv('userName\nana\nbo\n'))).toEqual({ Users: [{ Settings: '0', UserNames: ['ana', 'bo'] }], Settings: [BUNDLE] });
  });

  test('all columns, in any order and case', () => {
    expect(wire(csv([
      'BUNDLEID,username,runningMode,autoStopTimeoutInMinutes,computeType,rootVolumeSizeGib,userVolumeSizeGib,protocols,operatingSystem,tag:Team,tag:cost center',
      'wsb-8vbljg4r6,ana,auto_stop,120,POWER,175,100,WSP;PCOIP,WINDOWS_SERVER_2022,North,a - b',
      ',bo,ALWAYS_ON,,,,,WSP PCOIP,,,',
      ',chen,MANUAL,,,,,,,,',
      ',dee,AUTO_STOP,,,,,,,,',
    ].join('\n')))).toEqual({
      Users: ['ana', 'bo', 'chen', 'dee'].map((name, i) => ({ Settings: String(i), UserNames: [name] })),
      Settings: [
        {
          BundleId: 'wsb-8vbljg4r6',
          RunningMode: 'AUTO_STOP',
          RunningModeAutoStopTimeoutInMinutes: '120',
          ComputeTypeName: 'POWER',
          RootVolumeSizeGib: '175',
          UserVolumeSizeGib: '100',
          Protocols: ['WSP', 'PCOIP'],
          OperatingSystemName: 'WINDOWS_SERVER_2022',
          Tags: { 'Team': 'North', 'cost center': 'a - b' },
        },
        { ...BUNDLE, RunningMode: 'ALWAYS_ON', Protocols: ['WSP', 'PCOIP'] },
        { ...BUNDLE, RunningMode: 'MANUAL' },
        { ...BUNDLE, RunningMode: 'AUTO_STOP' },
      ],
    });
  });

  test('a byte order mark, CRLF, quoted fields, blanks and empty lines are fine', () => {
    expect(wire(csv('\ufeff"userName" , bundleId\r\n\r\n "ana",wsb-8vbljg4r6 \r\n , \r\n  bo  ,\r\n\r\n'))).toEqual({
      Users: [{ Settings: '0', UserNames: ['ana'] }, { Settings: '1', UserNames: ['bo'] }],
      Settings: [{ BundleId: 'wsb-8vbljg4r6' }, BUNDLE],
    });
  });

  test('empty rows of a spreadsheet at the end are ignored', () => {
    expect(wire(csv('userName,bundleId,tag:Team\nana,,\n,,\n , ,\n')).Users).toEqual([{ Settings: '0', UserNames: ['ana'] }]);
    expect(wire(csv('userName\nana\n   \n\n')).Users).toEqual([{ Settings: '0', UserNames: ['ana'] }]);
  });

  test('a name of another language, and a column whose name has a semicolon', () => {
    expect(wire(csv('"name;login"\njosé\n', { userNameColumn: 'name;login' })).Users).toEqual([{ Settings: '0', UserNames: ['josé'] }]);
  });

  test('a file of another tool', () => {
    const users = csv('Name,sAMAccountName\nAna Smith,ana\n', { userNameColumn: 'SamAccountName', ignoreUnknownColumns: true });
    expect(wire(users).Users).toEqual([{ Settings: '0', UserNames: ['ana'] }]);
  });

  test('a relative path starts where the app runs', () => {
    const file = temporaryFile('users.csv', 'userName\nana');
    expect(wire(WorkspaceUsers.fromCsv(path.relative(process.cwd(), file))).Users).toEqual([{ Settings: '0', UserNames: ['ana'] }]);
  });

  // The columns themselves are in desktop-settings.test.ts.
  const SETTING_COLUMNS = SETTINGS.flatMap(([, { csv: own }]) => own?.columns ?? []).join(', ');
  const KNOWN = `${SETTING_COLUMNS} and tag:<key>; correct the header, remove the column, or set ignoreUnknownColumns to true to ignore all unknown columns`;

  const CHARACTERS = 'write letters of any language, digits, spaces or + - = . _ : / @ instead';

  test.each<[string, string | Buffer, string, WorkspaceUsersCsvOptions?]>([
    ['an empty file', '', ' is empty; its first row must have the names of the columns, one of them "userName"'],
    ['an unknown column', 'userName,bundelId\nana,', ` line 1: unknown column "bundelId"; the known columns are userName, ${KNOWN}`],
    ['a missing header', 'ana\nbo', ` line 1: unknown column "ana"; the known columns are userName, ${KNOWN}`],
    ['a column without a header', 'userName,\nana,x', ` line 1: unknown column ""; the known columns are userName, ${KNOWN}`],
    ['no column with names', 'bundleId\nwsb-8vbljg4r6',
      ' line 1: there is no column "userName", only "bundleId"; add it to the first row, or set userNameColumn to the header of the column with the user names'],
    ['no column with names, of another tool', 'a,b\nx,y',
      ' line 1: there is no column "login", only "a", "b"; add it to the first row, or set userNameColumn to the header of the column with the user names',
      { userNameColumn: 'login', ignoreUnknownColumns: true }],
    ['a column given twice', 'userName,bundleId,BundleID\nana,,', ' line 1: column "BundleID" is given twice; remove one of the two'],
    ['no users', 'userName\n\n', ' has no users; give at least one, or leave the BulkWorkspaces out of the stack'],
    ['a line without a name', 'userName,bundleId\nana,\n,wsb-8vbljg4r6', ' line 3: the user name is empty; fill it in, or remove the line'],
    ['a bad name', 'userName\n\nana\nb/o',
      ': user name "b/o" must not contain "/"; control characters and " / \\ [ ] : ; | = , + * ? < > are not allowed; ' +
      'use the name with which the user logs in to the directory (FILE line 4)'],
    ['a name given twice', 'userName\nana\nbo\nAna',
      ': user name "Ana" (FILE line 4) is given twice, first as "ana" (FILE line 2); ' +
      'WorkSpaces gives a user one desktop per directory, and names are not case-sensitive; remove one of the two'],
    ['an empty name in quotes', 'userName\nana\n""\nbo', ' line 3: the user name is empty; fill it in, or remove the line'],
    ['only empty fields, one of them in quotes', 'userName,bundleId\nana,\n"",\n', ' line 3: the user name is empty; fill it in, or remove the line'],
    ['semicolons', '\nuserName;bundleId\nana;"a,b"\n', " line 2: the columns seem to be separated by ';'; save the file with commas instead"],
    ['semicolons between quotes', '"userName";"tag:a,b"\n"ana";"x"', " line 1: the columns seem to be separated by ';'; save the file with commas instead"],
    ['tabs', 'userName\tbundleId\nana\t\n', ' line 1: the columns seem to be separated by tabs; save the file with commas instead'],
    ['another encoding', Buffer.from('userName\r\nana\r\njos\u00e9\r\n', 'latin1'),
      ' line 3: the text is not UTF-8, got "jos\ufffd"; save it as CSV UTF-8'],
    ['UTF-16', Buffer.from('\ufeffuserName,bundleId\r\nana,', 'utf16le'),
      ' line 1: the text is not UTF-8, got "\ufffd\ufffdu\\u0000s\\u0000e\\u0000r\\u0000"; save it as CSV UTF-8'],
    ['a column of tags that no key may be', 'userName,tag:R&D\nana,', ` line 1: a tag key of column "tag:R&D" must not contain "&", got "R&D"; ${CHARACTERS}`],
    ['a reserved tag key', 'userName,tag:aws:team\nana,',
      ' line 1: a tag key of column "tag:aws:team" must not begin with "aws:", which is reserved by AWS, got "aws:team"; choose another prefix'],
    ['a tag value', 'userName,tag:Team\nana,North\nbo,"a, b"',
      ` line 3: the value of tag "Team" of column "tag:Team" must not contain ",", got "a, b"; ${CHARACTERS}`],
    ['a row with another number of fields', 'userName,bundleId\nana',
      ' is not a CSV file that can be read: Invalid Record Length: expect 2, got 1 on line 2'],
    ['an open quote', 'userName\n"ana\n',
      ' is not a CSV file that can be read: Quote Not Closed: the parsing is finished with an opening quote at line 2'],
  ])('fails for %s, and names file and line', (...row) => {
    // Not four parameters: for a row of three values, jest would treat the fourth parameter as a callback, and wait for it.
    const [, content, message, options] = row;
    const file = temporaryFile('users.csv', content);
    const expected = message.startsWith(': ') ? message.slice(2) : `${file}${message}`;
    expect(failure(() => WorkspaceUsers.fromCsv(file, options))).toBe(expected.replaceAll('FILE', file));
  });

  test('fails for a missing file, and names it as it was looked for', () => {
    expect(failure(() => WorkspaceUsers.fromCsv('no/such.csv'))).toBe(
      `${path.resolve('no/such.csv')} cannot be read (ENOENT); a relative path given to WorkspaceUsers.fromCsv() starts from ${process.cwd()}`);
  });

  test('fails for a path that is a token', () => {
    expect(failure(() => WorkspaceUsers.fromCsv(Lazy.string({ produce: () => 'users.csv' })))).toBe(
      'WorkspaceUsers.fromCsv() reads the file at synth, so its path cannot be a value that is known only when the stack is deployed; write the path in the app');
  });

  test('a wrong setting is refused with its line', () => {
    const file = temporaryFile('users.csv', 'userName,bundleId\nana,wsb-8vbljg4r6\nbo,b-1');
    expect(failure(() => newFleet(newStack(), { users: WorkspaceUsers.fromCsv(file) }))).toBe(
      '\'bundleId\' must be a bundle id like "wsb-clj85qzj1", got "b-1"; copy it from the bundles of the WorkSpaces console ' +
      `(user "bo", ${file} line 3) (at 'Stack/Fleet')`);
  });
});
