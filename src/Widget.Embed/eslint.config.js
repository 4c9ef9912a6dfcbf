import tseslint from 'typescript-eslint';

const modules = ['video', 'voice', 'speech', 'dictation', 'extras', 'people', 'showing', 'prelude'];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', '*.mjs', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'The widget builds elements; it never parses HTML.' },
        { property: 'dangerouslySetInnerHTML', message: 'The widget builds elements; it never parses HTML.' },
      ],
    },
  },
  // Imports go in one direction: main and modules.ts → video, voice, speech, dictation, extras, people, showing, prelude → call → app, media.
  ...forbidImports('app', `modules|main|${modules.join('|')}|call|media`),
  ...modules.flatMap((name) =>
    forbidImports(name, ['app/store', 'modules', 'main', ...modules.filter((other) => other !== name)].join('|')),
  ),
  ...forbidImports('call', `app/store|modules|main|${modules.join('|')}`),
  ...forbidImports('media', `app|modules|main|call|${modules.join('|')}`),
);

/** Forbids a folder's files, and those one folder below, to import these parts of src. */
function forbidImports(folder, places) {
  const message = `src/${folder} must not import this. What the panel offers its modules is in app/moduleHost.ts.`;
  return ['*', '*/*'].map((files, depth) => ({
    files: [`src/${folder}/${files}`],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: `^${'\\.\\./'.repeat(depth + 1)}(${places})(/|$)`, message }] },
      ],
    },
  }));
}
