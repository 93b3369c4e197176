/**
 * The environment of a plain shell: without variables that pnpm, npm or a test runner set for their child processes.
 * (pnpm's commands add their own store to `NODE_PATH`, in which a project would find packages that it does not depend
 * on.)
 */
export const outsideOfNpm: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([key]) =>
      !/^(npm_(?!config_)|npm_config_local_prefix$|NODE_OPTIONS$|NODE_PATH$|INIT_CWD$|pnpm_|PNPM_(?!HOME$)|VITEST|NODE_ENV$|BRIDGE_(?!CI_RUN$))/.test(
        key
      )
  )
)
