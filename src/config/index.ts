/** Level 1: the environment, read once, checked as a whole. */
export { type Config, ConfigError, readConfig, type VariableView } from './config.ts';
export { type Variable, variables } from './variables.ts';
