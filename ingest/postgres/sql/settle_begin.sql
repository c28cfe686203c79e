select n from epoch
