// Prints the C++ compile commands of a compile_commands.json, each ended by a NUL, with the output replaced by the
// given flag: node compile-commands.mjs FILE -fsyntax-only. Files outside this repository's own folders are left out.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const [database, flag] = process.argv.slice(2)
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const own = ['src', 'tests', 'bench', 'fuzz'].map((folder) => path.join(root, folder) + path.sep)

for (const { directory, command, file } of JSON.parse(readFileSync(database, 'utf8'))) {
    if (!file.endsWith('.cpp') || !own.some((folder) => file.startsWith(folder))) continue
    // ccache keeps only object files, so the launcher in front of the compiler would be in the way.
    const compile = command.replace(/^\S*ccache /, '').replace(/ -o \S+ -c /, ` ${flag} `)
    process.stdout.write(`cd ${directory} && ${compile}\0`)
}
