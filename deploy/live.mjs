// Health check of a container: asks the role's own /health/live and exits 0 when it answers. Usage: live.mjs PORT
const port = process.argv[2] ?? "9464";
try {
  const response = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) throw new Error(`status ${response.status}`);
} catch (thrown) {
  console.error(`port ${port}: ${thrown instanceof Error ? thrown.message : thrown}`);
  process.exitCode = 1;
}
