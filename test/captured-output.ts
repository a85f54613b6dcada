/** Captures, for each test of a file, what a command prints. @returns what it has printed so far */
export function capturedOutput(): () => string {
  let said = '';
  beforeEach(() => {
    said = '';
    const say = (text: string | Uint8Array) => Boolean(said += String(text));
    jest.spyOn(process.stderr, 'write').mockImplementation(say);
    jest.spyOn(process.stdout, 'write').mockImplementation(say);
  });
  afterEach(() => jest.restoreAllMocks());
  return () => said;
}
