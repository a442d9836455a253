# glibc, since the database's binary and the Matrix SDK's are built for it.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json rolldown.config.ts ./
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# Configuration, token and state; it must belong to the user the bot runs as.
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
# Without health.port in the configuration nothing can be asked, and the container counts as healthy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "const {health}=JSON.parse(require('node:fs').readFileSync('/data/bot.config.json','utf8'));if(health?.port)fetch(`http://${health.host??'127.0.0.1'}:${health.port}/healthz`).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "dist/main.js", "run", "--config", "/data/bot.config.json"]
