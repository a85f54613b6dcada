import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

const requireBuiltin = createRequire(__filename);

interface Module { exports: unknown }

/** The SDK loads Node's own modules with dynamic imports. These would get the real modules, so they are replaced. */
const DYNAMIC_IMPORT = /\bimport\(/g;

/**
 * CommonJS for one function. Every module, also of the SDK, is loaded again and sees the function's own globals. They are
 * parameters of the wrapper function, as `require` and `module` are. The realm is the same, so that `instanceof` works.
 */
export class ModuleLoader {
  private readonly loaded = new Map<string, Module>();
  private readonly parameters: readonly string[];
  private readonly values: readonly unknown[];

  /**
   * @param nodeModules the folder of modules that the function does not contain, like NODE_PATH
   * @param builtins replacements for Node's own modules, by name without `node:`
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
  throw new Error(`${String(id)} is an ES module, and the local cloud cannot run it in this process: bundle the function as CommonJS, or give the cloud a RunningClock`);
}
