declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** How long tables are in CREATING, DELETING and UPDATING; each 500 by default. */
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
    /** Where to keep the tables; in memory by default. */
    readonly path?: string;
  }

  function dynalite(options?: Options): Server;
  export = dynalite;
}
