import type { LocalCloud } from '../local/cloud';

const MINUTE = 60_000;

/** The progress of a deployment in one line, from the CLI's output and the state of the local WorkSpaces. */
export class Progress {
  private resources = '';

  constructor(private readonly cloud: LocalCloud, private readonly users: number, private readonly start = cloud.clock.now()) {}

  /** `Sales | 12/24 | 03:39:55 | CREATE_COMPLETE | AWS::KMS::Key | ...` */
  read(line: string): void {
    const [, done, total] = /\|\s*(\d+)\/(\d+)\s*\|/.exec(line) ?? [];
    if (done) this.resources = `${done} of ${total} resources`;
  }

  toString(): string {
    const states = new Map<string, number>();
    for (const { state } of this.cloud.workspaces.desktops()) {
      if (state !== 'GONE') states.set(state, (states.get(state) ?? 0) + 1);
    }
    const desktops = [...states].map(([state, n]) => `${n} ${state}`).join(', ');
    return [
      this.resources || 'cdk synthesizes and publishes',
      `desktops for ${this.users}: ${desktops || 'none yet'}`,
      `${this.minutes()} min of virtual time`,
    ].join(' · ');
  }

  minutes(): number {
    return Math.floor((this.cloud.clock.now() - this.start) / MINUTE);
  }
}
