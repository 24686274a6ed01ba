FROM python:3.11-slim
WORKDIR /vaiven
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir -r requirements.lock
COPY api api
COPY engine engine
COPY scenarios scenarios
RUN pip install --no-cache-dir --no-deps . && useradd --create-home vaiven
USER vaiven
ENTRYPOINT ["vaiven"]
CMD ["serve", "--host", "0.0.0.0", "--no-worker"]
