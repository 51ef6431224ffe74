import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { textLookup } from './dev/text-lookup.js';
import { uncheckedInput } from './dev/unchecked-input.js';

export default tseslint.config(
  { ignores: ['dist', 'node_modules', '.oms', 'test/kit/diagnosis-reference.mjs'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      // What is taken out of an object in order to leave it is named with an underscore.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['*.ts', '{operators,streams,connections,pipeline,gateway,cli,simulator}/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts', '**/*.fixture.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { oms: { rules: { 'text-lookup': textLookup } } },
    rules: { 'oms/text-lookup': 'error', '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    // What comes from outside is read, not called what it should be. The page and its gateway are of one build.
    files: ['{operators,streams,connections,pipeline,gateway,cli,simulator,dev}/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.fixture.ts', 'gateway/web/**'],
    rules: { 'no-restricted-syntax': ['error', ...uncheckedInput] },
  },
  { files: ['**/*.js'], languageOptions: { globals: { process: 'readonly', console: 'readonly' } } },
);
