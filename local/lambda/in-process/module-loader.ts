import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

const requireBuiltin = createRequire(__filename);

interface Module { exports: unknown }

/** A dynamic import, which the SDK loads Node's own modules with, would get the real ones. */
const DYNAMIC_IMPORT = /\bimport\(/g;

/**
 * CommonJS for one function. Every module, those of the SDK too, is loaded anew and sees the function's own globals: they are
 * parameters of the function that it is wrapped into, as `require` and `module` are. Same realm, so that `instanceof` holds.
 */
export class ModuleLoader {
  private readonly loaded = new Map<string, Module>();
  private readonly parameters: readonly string[];
  private readonly values: readonly unknown[];

  /**
   * @param nodeModules where modules are found that the function does not bring along, like NODE_PATH
   * @param builtins in place of Node's own, by name without `node:`
   */
  constructor(
    private readonly nodeModules: string,
    globals: Readonly<Record<string, unknown>>,
    private readonly builtins: Readonly<Record<string, unknown>>,
  ) {
    this.parameters = Object.keys(globals);
    this.values = Object.values(globals);
  }

  run(path: string, source: string): unknown {
    const module: Module = { exports: {} };
    this.loaded.set(path, module);
    const require = Object.assign((id: string) => this.require(path, id), { resolve: (id: string) => this.resolve(path, id) });
    const importing = async (id: string | URL) => this.require(path, requirable(id));
    const code = `${source.replace(DYNAMIC_IMPORT, '__import(')}\n//# sourceURL=${path}`;
    const wrapped = new Function('exports', 'require', 'module', '__filename', '__dirname', '__import', ...this.parameters, code);
    wrapped.call(module.exports, module.exports, require, module, path, dirname(path), importing, ...this.values);
    return module.exports;
  }

  private require(from: string, id: string): unknown {
    const name = id.replace(/^node:/, '');
    if (Object.hasOwn(this.builtins, name)) return this.builtins[name];
    if (builtinModules.includes(name)) return requireBuiltin(name);
    const path = this.resolve(from, id);
    const known = this.loaded.get(path);
    if (known) return known.exports;
    try {
      const source = readFileSync(path, 'utf8');
      return path.endsWith('.json') ? JSON.parse(source) : this.run(path, source);
    } catch (error) {
      this.loaded.delete(path);
      throw error;
    }
  }

  private resolve(from: string, id: string): string {
    const isInside = from.startsWith(this.nodeModules + sep) || id.startsWith('.') || id.startsWith('/');
    return createRequire(isInside ? from : join(this.nodeModules, 'function.js')).resolve(id);
  }
}

function requirable(id: string | URL): string {
  if (typeof id === 'string' && !id.endsWith('.mjs')) return id;
  throw new Error(`${String(id)} is an ES module, which the local cloud cannot run in this process: bundle the function as CommonJS, or give the cloud a RunningClock`);
}
