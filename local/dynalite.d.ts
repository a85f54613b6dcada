declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** How long tables are CREATING, DELETING and UPDATING; each is 500 by default. */
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
    /** The folder for the tables; in memory by default. */
    readonly path?: string;
  }

  function dynalite(options?: Options): Server;
  export = dynalite;
}
