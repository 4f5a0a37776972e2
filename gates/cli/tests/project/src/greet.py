def greet(name):
    if name.strip():
        return f"Hello {name}!"
    return "Hello world!"
