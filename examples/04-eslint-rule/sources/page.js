print(text('welcome'))
