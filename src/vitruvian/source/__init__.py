"""Pictures, folders, films, cameras and streams as frames."""
