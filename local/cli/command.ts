import { type Command, CommanderError } from 'commander';

/**
 * Parses the options of a command of this project. All of them treat bad options alike.
 *
 * @param usage one line, printed after the message about a bad option
 * @param complete makes the options from what was parsed, and reports options that do not go together by `command.error`
 * @returns the options. Or an exit code, after the message is printed: 0 for --help, 2 for a bad option
 */
export function parsed<T>(command: Command, args: readonly string[], usage: string, complete: (command: Command) => T): T | number {
  command.showHelpAfterError(`usage: ${usage}`).exitOverride();
  try {
    return complete(command.parse([...args], { from: 'user' }));
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
